/* Reference of `relais-bench matching`: what a grid and bit masks cost when nothing else is asked of them.
   Its territory is drawn in degrees (half in forty towns), without rules, reasons or order. */
#include <stdio.h>
#include <stdlib.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <math.h>
static double now(){struct timespec t;clock_gettime(CLOCK_MONOTONIC,&t);return t.tv_sec*1e6+t.tv_nsec/1e3;}
static int cmp(const void*a,const void*b){double x=*(double*)a,y=*(double*)b;return (x>y)-(x<y);}
struct p{float la,lo;uint16_t prof,ct,av,id16;uint32_t id;};
#define NX 140
#define NY 100
int st[NX*NY+1];
int main(){int N=1100000;struct p*q=malloc(N*sizeof*q),*s=malloc(N*sizeof*s);srand(1);
 /* half of the professionals in 40 towns (sigma 0.1 deg), half uniform */
 for(int i=0;i<N;i++){float la,lo;if(i&1){int t=rand()%40;la=43+t%8+((rand()%1000)+(rand()%1000)-1000)*2e-4f;lo=-3+t/8*2+((rand()%1000)+(rand()%1000)-1000)*2e-4f;}else{la=42.01f+rand()/(float)RAND_MAX*8.9;lo=-4.99f+rand()/(float)RAND_MAX*12.9;}
  q[i]=(struct p){la,lo,1<<(rand()%12),rand()&0xffff,rand()&0xffff,0,i};}
 int*c=malloc(4*N);for(int i=0;i<N;i++){int x=(q[i].lo+5)*10,y=(q[i].la-42)*10;c[i]=y*NX+x;st[c[i]+1]++;}for(int i=0;i<NX*NY;i++)st[i+1]+=st[i];int*pos=malloc(sizeof st);memcpy(pos,st,sizeof st);for(int i=0;i<N;i++)s[pos[c[i]]++]=q[i];
 int R=200000;double*l=malloc(8*R);long hits=0,scan=0;double t0=now();
 for(int r=0;r<R;r++){float la,lo;if(r&1){la=43+(r/2%40)%8;lo=-3+(r/2%40)/8*2;}else{la=43+rand()/(float)RAND_MAX*7;lo=-4+rand()/(float)RAND_MAX*11;}
  double b=now();float R2=0.1349f*0.1349f;int h=0; /*15 km*/ int x0=(lo-0.2+5)*10,x1=(lo+0.2+5)*10,y0=(la-0.14-42)*10,y1=(la+0.14-42)*10;
  for(int y=y0;y<=y1;y++)for(int k=st[y*NX+x0];k<st[y*NX+x1+1];k++){scan++;float dx=(s[k].lo-lo)*0.69f,dy=s[k].la-la;h+=(dx*dx+dy*dy<R2)&(s[k].prof==8)&((s[k].ct&5)!=0)&((s[k].av&9)!=0);}
  hits+=h;l[r]=now()-b;}
 double el=now()-t0;qsort(l,R,8,cmp);printf("grid match: p50=%.1fus p99=%.1fus max=%.0fus  %.0f q/s/core  avg hits=%.0f scanned=%.0f\n",l[R/2],l[R*99/100],l[R-1],R/el*1e6,(double)hits/R,(double)scan/R);}
